# Finds SystemC and TLM-2.0: the target SystemC::systemc, and
#   SystemC_VERSION
#   SystemC_FILE       the library itself, where it exists already
#   SystemC_API        the name of the library and of the API symbol that it exports, such as
#                      "libsystemc-2.3.4.so with sc_api_version_2_3_4_cxx201703L": what else would be another library
#
# A CMake package (SystemCLanguage, as Accellera's own build installs it) is preferred; where there is none, as on Debian,
# pkg-config describes the library. The API symbol names the C++ standard that the library was built for: every translation
# unit that includes SystemC has to say the same in SC_CPLUSPLUS, whatever its own standard, or does not link.

include(FindPackageHandleStandardArgs)

# Where the library of the target lies; empty where that cannot be known (a target that is still to be built).
function(nonzero_systemc_location result)
    set(location "")
    get_target_property(imported SystemC::systemc IMPORTED)
    if(imported)
        get_target_property(configurations SystemC::systemc IMPORTED_CONFIGURATIONS)
        foreach(configuration "" ${configurations})
            if(NOT location)
                string(REGEX REPLACE "(.+)" "_\\1" suffix "${configuration}")
                get_target_property(location SystemC::systemc IMPORTED_LOCATION${suffix})
            endif()
        endforeach()
    endif()
    if(NOT location)
        set(location "")
    endif()
    set(${result} "${location}" PARENT_SCOPE)
endfunction()

if(NOT TARGET SystemC::systemc)
    find_package(SystemCLanguage CONFIG QUIET)
endif()
if(TARGET SystemC::systemc)
    set(SystemC_TARGET SystemC::systemc)
    set(SystemC_VERSION ${SystemCLanguage_VERSION})
else()
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(PC_SystemC QUIET systemc)
    endif()
    find_path(SystemC_INCLUDE_DIR NAMES systemc HINTS ${PC_SystemC_INCLUDE_DIRS})
    find_library(SystemC_LIBRARY NAMES systemc HINTS ${PC_SystemC_LIBRARY_DIRS})
    mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)
    set(SystemC_VERSION ${PC_SystemC_VERSION})
    if(SystemC_INCLUDE_DIR AND SystemC_LIBRARY)
        find_package(Threads REQUIRED)
        add_library(SystemC::systemc UNKNOWN IMPORTED)
        set_target_properties(
            SystemC::systemc
            PROPERTIES IMPORTED_LOCATION ${SystemC_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${SystemC_INCLUDE_DIR}
                       INTERFACE_LINK_LIBRARIES Threads::Threads)
        set(SystemC_TARGET SystemC::systemc)
    endif()
endif()

if(TARGET SystemC::systemc)
    nonzero_systemc_location(SystemC_LOCATION)
    if(SystemC_LOCATION)
        get_filename_component(SystemC_FILE "${SystemC_LOCATION}" REALPATH)
        get_filename_component(SystemC_API "${SystemC_FILE}" NAME)
        file(STRINGS "${SystemC_FILE}" SystemC_SYMBOL REGEX "sc_api_version_[0-9_]*cxx[0-9]+L" LIMIT_COUNT 1)
        if(SystemC_SYMBOL MATCHES "sc_api_version_([0-9]+)_([0-9]+)_([0-9]+)_cxx([0-9]+L)")
            string(APPEND SystemC_API " with ${CMAKE_MATCH_0}")
            set(SystemC_VERSION ${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3})
            set_property(TARGET SystemC::systemc APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS SC_CPLUSPLUS=${CMAKE_MATCH_4})
            # The headers refuse a standard above the compiler's.
            if(CMAKE_MATCH_4 STREQUAL 202002L)
                set_property(TARGET SystemC::systemc APPEND PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_20)
            elseif(CMAKE_MATCH_4 STREQUAL 202302L)
                set_property(TARGET SystemC::systemc APPEND PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_23)
            endif()
        endif()
    endif()
endif()

find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_TARGET VERSION_VAR SystemC_VERSION)
