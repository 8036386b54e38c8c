#include "study/published.h"

#include <algorithm>
#include <catch2/catch.hpp>

using nonzero::published_ratios;

TEST_CASE("Every pair of machines that a paper compares is found, whichever is named first") {
    const auto ratios = published_ratios("vgg16", {"dense", "phantom2d", "scnn", "eyeriss_v2", "sparten"});
    REQUIRE(ratios.size() == 4);
    const std::vector<std::pair<std::string, double>> expected{
        {"dense", 12}, {"scnn", 4.1}, {"sparten", 1.98}, {"eyeriss_v2", 2.36}};
    for (std::size_t n = 0; n < ratios.size(); ++n) {
        CHECK(ratios[n].platform == "phantom2d");
        CHECK(ratios[n].baseline == expected[n].first);
        CHECK(ratios[n].value == expected[n].second);
        CHECK(ratios[n].rule.empty());
        CHECK_THAT(ratios[n].basis, Catch::Contains("densities and what they averaged are unknown"));
        CHECK_THAT(ratios[n].paper, Catch::Contains("Phantom") && !Catch::Contains("*"));
    }
    CHECK(published_ratios("vgg16_han", {"phantom2d", "scnn"}).size() == 1);
    CHECK(published_ratios("alexnet", {"phantom2d", "scnn"}).empty());
}

TEST_CASE("A ratio says which of the baseline's rules it is over") {
    const auto ratios = published_ratios("vgg16", {"scnn", "dcnn"});
    const auto speed = std::find_if(ratios.begin(), ratios.end(), [](const auto& ratio) {
        return ratio.figure == nonzero::PublishedRatio::Figure::speed_up;
    });
    REQUIRE(speed != ratios.end());
    CHECK(speed->rule == "normalised");
    CHECK(speed->value == 3.52);
}
