# Finds SystemC and TLM-2.0 and defines the imported target SystemC::systemc.
#
# A CMake package (SystemCLanguage, as Accellera's own build installs it) is preferred; where there is none, as on Debian,
# pkg-config describes the library. The library's exported API symbol names the C++ standard that it was built for. Where
# that is C++17, every translation unit that includes SystemC has to say SC_CPLUSPLUS=201703L, whatever its own standard.

include(FindPackageHandleStandardArgs)

if(TARGET SystemC::systemc)
    set(SystemC_FOUND TRUE)
    return()
endif()

find_package(SystemCLanguage CONFIG QUIET)
if(SystemCLanguage_FOUND)
    set(SystemC_LIBRARY SystemC::systemc)
    set(SystemC_VERSION ${SystemCLanguage_VERSION})
    find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_LIBRARY VERSION_VAR SystemC_VERSION)
    return()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_SystemC QUIET systemc)
endif()
find_path(SystemC_INCLUDE_DIR NAMES systemc HINTS ${PC_SystemC_INCLUDE_DIRS})
find_library(SystemC_LIBRARY NAMES systemc HINTS ${PC_SystemC_LIBRARY_DIRS})
set(SystemC_VERSION ${PC_SystemC_VERSION})
find_package_handle_standard_args(
    SystemC REQUIRED_VARS SystemC_LIBRARY SystemC_INCLUDE_DIR VERSION_VAR SystemC_VERSION)

if(SystemC_FOUND)
    find_package(Threads REQUIRED)
    add_library(SystemC::systemc UNKNOWN IMPORTED)
    set_target_properties(
        SystemC::systemc
        PROPERTIES IMPORTED_LOCATION ${SystemC_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SystemC_INCLUDE_DIR}
                   INTERFACE_LINK_LIBRARIES Threads::Threads)
    # With C++20 the headers would ask for an API symbol that a library built as C++17 does not have.
    file(STRINGS ${SystemC_LIBRARY} SystemC_CXX17_SYMBOL REGEX "sc_api_version_[0-9_]*cxx201703L" LIMIT_COUNT 1)
    if(SystemC_CXX17_SYMBOL)
        set_target_properties(SystemC::systemc PROPERTIES INTERFACE_COMPILE_DEFINITIONS SC_CPLUSPLUS=201703L)
    endif()
endif()
mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)
