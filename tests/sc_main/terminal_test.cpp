// On a terminal tables and text keep to its width; in a pipe nothing is broken.

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/sc_main/small_folder.h"
#include "tests/sc_main/terminal.h"

using namespace nonzero;
using namespace nonzero::test;
using Catch::Contains;

namespace {

constexpr unsigned kColumns = 80;

// The words of a text in order; a broken table has others, a broken text the same.
std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("terminal: run and its legend keep to 80 columns, with every column there") {
    const std::vector<std::string> command{"run", "scnn", "--network", "alexnet", "--layers", "conv4,conv5"};
    const Outcome outcome = run_on_terminal(command, kColumns);
    CHECK(outcome.status == 0);
    CHECK(longest_line(outcome.output) <= kColumns);
    for (const char* column :
         {"cycles", "products M", "useful %", "utilisation", "busy %", "void %", "conflict %", "bank_drain %",
          "weight_fifo %", "barrier %", "halo_finalise %", "memory %", "energy uJ", "values"}) {
        CHECK_THAT(outcome.output, Contains(column));
    }
    const std::string piped = run_program(command).output;
    CHECK(longest_line(piped) > 150);
    for (const std::string& word : words_of(piped)) {
        INFO(word);
        CHECK_THAT(outcome.output, Contains(word));
    }
    CHECK(times(outcome.output, "\nconv4 ") > 1);  // in every block of columns
    CHECK(times(outcome.output, "\nconv4 ") == times(outcome.output, "\ntotal "));
}

TEST_CASE("terminal: a comparison of five machines keeps to 80 columns") {
    const SmallFolder folder;
    const std::vector<std::string> command{"compare", "scnn",        "scnn_sparse_a", "scnn_sparse_w",
                                           "dcnn",    "dcnn_opt",    "--network",     folder.network(),
                                           "--kinds", "convolution", "--sparsity",    "uniform,correlated"};
    const Outcome outcome = run_on_terminal(command, kColumns);
    CHECK(outcome.status == 0);
    INFO(outcome.output);
    // A path is not broken.
    CHECK(longest_line(outcome.output.substr(outcome.output.find("\n\n"))) <= kColumns);
    const std::string piped = run_program(command).output;
    CHECK(longest_line(piped) > 120);
    for (const std::string& word : words_of(piped)) {
        INFO(word);
        CHECK_THAT(outcome.output, Contains(word));
    }
}

TEST_CASE("terminal: what is listed keeps to 80 columns and loses no word") {
    for (const std::vector<std::string>& command : {std::vector<std::string>{"params", "scnn"},
                                                    {"params", "s2ta"},
                                                    {"list"},
                                                    {"describe", "network", "googlenet"},
                                                    {"describe", "platform", "scnn"},
                                                    {"run", "--help"},
                                                    {"compare", "--help"},
                                                    {"--help"}}) {
        const Outcome outcome = run_on_terminal(command, kColumns);
        INFO(command[0] << " " << command.back() << "\n" << outcome.output);
        CHECK(outcome.status == 0);
        CHECK(longest_line(outcome.output) <= kColumns);
        for (const std::string& word : words_of(run_program(command).output)) {
            INFO(word);
            CHECK_THAT(outcome.output, Contains(word));
        }
    }
}

TEST_CASE("terminal: COLUMNS is honoured there and nowhere else, and a wide terminal breaks nothing") {
    const std::vector<std::string> command{"params", "scnn"};
    CHECK(longest_line(run_on_terminal(command, kColumns, "60").output) <= 60);
    const std::string piped = run_program(command).output;
    CHECK(longest_line(piped) > 150);
    CHECK(run_on_terminal(command, 1000).output == piped);
    CHECK(run_on_terminal(command, kColumns, "1000").output == piped);
    CHECK(run_on_terminal(command, 0).output == piped);
    ::setenv("COLUMNS", "60", 1);
    CHECK(run_program(command).output == piped);
    ::unsetenv("COLUMNS");
}

TEST_CASE("terminal: a single layer has no total beside its own row") {
    const SmallFolder folder;
    CHECK_THAT(run_program({"run", "scnn", "--network", folder.network(), "--layers", "conv1"}).output,
               !Contains("\ntotal"));
    for (const char* masks : {"uniform", "uniform,correlated"}) {
        const Outcome outcome = run_program(
            {"compare", "scnn", "dcnn", "--network", folder.network(), "--layers", "conv1", "--sparsity", masks});
        CHECK(outcome.status == 0);
        CHECK_THAT(outcome.output, Contains("\nconv1") && !Contains("\ntotal"));
    }
    CHECK_THAT(
        run_program({"compare", "scnn", "dcnn", "--network", folder.network(), "--layers", "conv1,conv3"}).output,
        Contains("\ntotal"));
}

TEST_CASE("terminal: long layer names leave room for the numbers") {
    const SmallFolder folder;
    const std::string name = "encoder.layer.11.attention.self.query.projection.of.many.words.and.more.of.them";
    write_bytes(folder.network(), R"({"schema": 1, "name": "n", "input": [4, 8, 8], "layers": [{"name": ")" + name +
                                      R"(", "out_channels": 4, "kernel": 1, "weight_density": 1,
                                      "activation_density": 1, "density_source": "made up"}]})");
    const Outcome outcome = run_on_terminal({"run", "scnn", "--network", folder.network()}, kColumns);
    CHECK(outcome.status == 0);
    CHECK(longest_line(outcome.output.substr(outcome.output.find("\n\n"))) <= kColumns);
    CHECK_THAT(outcome.output, Contains("encoder.layer") && Contains("more.of.them"));
}
