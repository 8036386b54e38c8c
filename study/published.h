#pragma once
// What papers publish of one platform over another on a network, to be printed beside what a comparison found. Nothing
// is fitted to these figures; docs/reproduction_*.md has every target with its assumptions.

#include <string>
#include <vector>

namespace nonzero {

struct PublishedRatio {
    std::string network;  // built-in name
    std::string platform;
    std::string baseline;
    double speed_up = 0;  // baseline's time / platform's time; 0: not published
    double energy = 0;    // baseline's energy / platform's energy; 0: not published
    std::string note;     // source, and what it is an average of
};

// Of these platforms over the baseline on the network's convolutions at the published densities.
std::vector<PublishedRatio> published_ratios(const std::string& network, const std::vector<std::string>& platforms,
                                             const std::string& baseline);

}  // namespace nonzero
