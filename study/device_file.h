#pragma once
// An FPGA and what cores take of it, as a JSON file with a source for every figure (docs/models/dual_opu.md). Those of
// devices/ are compiled in.

#include <string>
#include <vector>

#include "models/opu/device.h"

namespace nonzero {

struct DeviceEntry {
    std::string name;
    double value = 0;
    std::string source;
    bool estimate = false;
};

struct DeviceFile {
    std::string name;   // "xc7k325t", or the file's
    std::string title;  // "Kintex-7 XC7K325T"
    std::string node;
    opu::Device device;
    std::vector<DeviceEntry> entries;  // in the order of the file
};

std::vector<std::string> builtin_devices();
// A built-in name, or the path of a JSON file (anything with a '/' or ending in ".json"). InputError for what is
// unknown, malformed or incomplete.
DeviceFile load_device(const std::string& name_or_file);
DeviceFile parse_device(const std::string& text, const std::string& origin);

}  // namespace nonzero
