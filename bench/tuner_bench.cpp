// The search of dual-OPU's shapes in closed form: one evaluation of a shape (three networks scheduled on it), the whole
// search from the networks' layers on, and the Pareto set. An evaluation is to stay below 50 us, the search below 0.2
// s.

#include <benchmark/benchmark.h>

#include "models/opu/tuner.h"

namespace {

using namespace nonzero;

std::vector<std::vector<opu::LayerWork>> networks() {
    std::vector<std::vector<opu::LayerWork>> works;
    for (const char* name : {"mobilenet_v1", "mobilenet_v2", "squeezenet_1_1_224"}) {
        works.push_back(opu::works_of(load_network(name)));
    }
    return works;
}

void evaluate(benchmark::State& state, opu::Dram dram) {
    opu::Tuner tuner(networks(), {}, dram, {});
    std::vector<opu::Candidate> candidates = tuner.candidates();
    std::size_t next = 0;
    for (auto _ : state) {
        tuner.evaluate(candidates[next]);
        next = (next + 1) % candidates.size();
    }
}

void search(benchmark::State& state, opu::Dram dram) {
    const std::vector<std::vector<opu::LayerWork>> works = networks();
    for (auto _ : state) {
        opu::Tuner tuner(works, {}, dram, {});
        benchmark::DoNotOptimize(tuner.search());
    }
}

void front(benchmark::State& state, opu::Dram dram) {
    opu::Tuner tuner(networks(), {}, dram, {});
    for (auto _ : state) {
        std::vector<opu::Candidate> all = tuner.candidates();
        for (opu::Candidate& candidate : all) {
            tuner.evaluate(candidate);
        }
        benchmark::DoNotOptimize(opu::Tuner::pareto(all));
    }
}

BENCHMARK_CAPTURE(evaluate, own_drams, opu::Dram::own)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluate, one_dram, opu::Dram::shared)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(search, own_drams, opu::Dram::own)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, one_dram, opu::Dram::shared)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(front, own_drams, opu::Dram::own)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(front, one_dram, opu::Dram::shared)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
