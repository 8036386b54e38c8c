#pragma once
// How messages spell the fields of what a study is told (study/spec.h): by their names in C++, as in dram_latency; or
// as the options of a command line, as in --dram-latency.

#include <string>

namespace nonzero {

std::string field_name(const std::string& field);
// In the whole process from here on; what a command line does first of all.
void spell_fields_as_options();

}  // namespace nonzero
