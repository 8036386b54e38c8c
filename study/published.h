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
    std::string rule;  // which of the baseline's other cycles; empty for its own
    Figure figure = Figure::speed_up;
    double value = 0;
    std::string quantity;  // what exactly the value is of, e.g. "speed-up over DCNN, AlexNet"
    std::string basis;     // what stands behind the comparison
    std::string paper;
};

// Of one of these platforms over another on the built-in network's convolutions at the published densities; those of a
// paper one after another.
std::vector<PublishedRatio> published_ratios(const std::string& network, const std::vector<std::string>& platforms);

}  // namespace nonzero
