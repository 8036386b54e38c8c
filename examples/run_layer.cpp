// A layer of one's own tensors on a platform by name: cycles, energy and outputs, without a command line.

#include <nonzero/study/layer_study.h>
#include <nonzero/workloads/error.h>

#include <cstdint>
#include <iostream>
#include <systemc>

int sc_main(int, char*[]) {
    nonzero::GivenLayer given;
    given.layer.name = "edges";
    given.layer.C = 1;
    given.layer.H = given.layer.W = 8;
    given.layer.K = 2;
    given.layer.KH = given.layer.KW = 3;
    given.input = nonzero::Operands(given.layer.input_shape());
    for (std::size_t y = 0; y < 8; ++y) {
        given.input.at(0, y, y) = 5;  // a diagonal line
    }
    given.weights = nonzero::Operands(given.layer.weight_shape());
    given.weights.data = {-1, 0,  1,  -2, 0, 2, -1, 0, 1,   // Sobel, across
                          -1, -2, -1, 0,  0, 0, 1,  2, 1};  // and down
    nonzero::MachineSpec machine;
    machine.platform = "scnn";
    machine.set = {{"pe.rows", "2"}, {"pe.columns", "2"}};
    try {
        const nonzero::LayerNumbers numbers = nonzero::run_layer(machine, given);
        std::cout << numbers.cycles << " cycles, " << numbers.energy_sum() << " pJ, " << numbers.useful_products
                  << " useful products, output at (0, 1, 0): " << numbers.sums.at(0, 1, 0) << '\n';
        return numbers.passed() ? 0 : 1;
    } catch (const nonzero::InputError& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
