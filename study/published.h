#pragma once
// What papers publish of one platform over another on a network, to be printed beside what a comparison found. Nothing
// is fitted to these figures; docs/reproduction_*.md has every target with its assumptions.

#include <string>
#include <vector>

namespace nonzero {

struct PublishedRatio {
    enum class Figure { speed_up, energy };  // baseline's over the platform's

    std::string platform;
    std::string baseline;
    Figure figure = Figure::speed_up;
    double value = 0;
    std::string quantity;  // what exactly the value is of, e.g. "speed-up over DCNN, AlexNet"
    std::string paper;
};

// Of these platforms over the baseline on the built-in network's convolutions at the published densities.
std::vector<PublishedRatio> published_ratios(const std::string& network, const std::vector<std::string>& platforms,
                                             const std::string& baseline);

}  // namespace nonzero
