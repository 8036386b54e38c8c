#include "study/published.h"

#include <algorithm>
#include <iterator>

namespace nonzero {

namespace {

const std::vector<PublishedRatio>& all_ratios() {
    constexpr const char* kScnn = "SCNN, ISCA 2017; the energy is the average of AlexNet, GoogLeNet and VGG";
    static const std::vector<PublishedRatio> ratios{
        {"alexnet", "scnn", "dcnn", 2.37, 2.3, kScnn},      {"googlenet", "scnn", "dcnn", 2.19, 2.3, kScnn},
        {"vgg16", "scnn", "dcnn", 3.52, 2.3, kScnn},        {"alexnet", "dcnn_opt", "dcnn", 1.0, 2.0, kScnn},
        {"googlenet", "dcnn_opt", "dcnn", 1.0, 2.0, kScnn}, {"vgg16", "dcnn_opt", "dcnn", 1.0, 2.0, kScnn}};
    return ratios;
}

}  // namespace

std::vector<PublishedRatio> published_ratios(const std::string& network, const std::vector<std::string>& platforms,
                                             const std::string& baseline) {
    std::vector<PublishedRatio> found;
    std::copy_if(all_ratios().begin(), all_ratios().end(), std::back_inserter(found), [&](const PublishedRatio& ratio) {
        return ratio.network == network && ratio.baseline == baseline &&
               std::find(platforms.begin(), platforms.end(), ratio.platform) != platforms.end();
    });
    return found;
}

}  // namespace nonzero
