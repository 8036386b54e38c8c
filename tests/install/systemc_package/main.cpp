// Links only where the C++ standard that SystemC's headers are told is the one that the library was built for.

#include <systemc>

int sc_main(int, char*[]) {
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_NS));
    return sc_core::sc_time_stamp() == sc_core::sc_time(1, sc_core::SC_NS) ? 0 : 1;
}
