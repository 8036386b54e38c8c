# Warnings, sanitizers and optimisation that every target of the project shares.

function(nonzero_options target)
    target_compile_options(
        ${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
                          $<$<BOOL:${NONZERO_WERROR}>:-Werror>)
    # GCC 12 takes the buffer inside of a std::string for smaller than it is (GCC bugs 105329, 105651).
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-array-bounds -Wno-stringop-overflow>)
    # Vectors wider than the registers of the target are passed within a file only.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-psabi>)
    # Clang: the iterators of SystemC 2.3 are older than the comparisons of C++20.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-ambiguous-reversed-operator>)
    # Before the first SystemC header of any file, be it precompiled: sockets and processors spawn processes.
    target_compile_definitions(${target} PRIVATE SC_INCLUDE_DYNAMIC_PROCESSES)
    if(NONZERO_SANITIZE)
        # The instrumentation makes GCC's analysis of initialisation see paths that are none (in std::regex).
        target_compile_options(
            ${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
                              $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
        target_link_options(${target} PUBLIC -fsanitize=address,undefined)
    endif()
    if(NONZERO_SANITIZE_THREADS)
        target_compile_options(${target} PRIVATE -fsanitize=thread -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=thread)
    endif()
endfunction()

# nonzero_room(NAME): the static library of one room, sources added by the sub-directories with target_sources().
function(nonzero_room name)
    add_library(${name} STATIC)
    nonzero_options(${name})
    target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    # Position independent, so that a shared library can hold a platform; nothing in it is meant to be interposed.
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(${name} PRIVATE -fno-semantic-interposition)
    # Headers of SystemC and JSON take longer to read than most files to compile.
    set_target_properties(${name} PROPERTIES UNITY_BUILD ${NONZERO_UNITY} UNITY_BUILD_BATCH_SIZE 8)
    # An Implementation that only its file defines may hold what only this file knows; GCC sees it in an included file.
    if(NONZERO_UNITY)
        target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
    endif()
    if(NONZERO_FUZZ)
        # What libFuzzer watches.
        target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
endfunction()

# nonzero_light_optimisation(ROOM): of what runs once for each layer or less, which takes long to optimise and gains nothing.
function(nonzero_light_optimisation room)
    target_compile_options(${room} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# What is tested is optimised; the tests around it need not be, and build faster this way.
function(nonzero_test_optimisation target)
    target_compile_options(${target} PRIVATE -O0)
endfunction()

# nonzero_precompiled_headers(TARGET …): target_precompile_headers() for what a compiler cache is to keep: GCC's
# preprocessor names the header, Clang leaves the time out of it, and the cache is told that neither the time nor what a
# header defines matters.
function(nonzero_precompiled_headers target)
    target_precompile_headers(${target} ${ARGN})
    target_compile_options(
        ${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
                          "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
    if(CMAKE_CXX_COMPILER_LAUNCHER MATCHES "(^|/)ccache$")
        set_target_properties(
            ${target}
            PROPERTIES
                CXX_COMPILER_LAUNCHER
                "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${CMAKE_CXX_COMPILER_LAUNCHER}")
    endif()
endfunction()

# nonzero_test(NAME SOURCES … LIBRARIES … [LABEL quick|full]): one Catch2 program, one CTest process per TEST_CASE. A test
# case without an assertion fails; what it cannot check here it skips (tests/test_runner.h). Under the sanitizers there are
# no full tests: they take long, and the quick ones come by the same code.
function(nonzero_test name)
    cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
    if(NOT ARG_LABEL)
        set(ARG_LABEL quick)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    if(NONZERO_SANITIZE AND ARG_LABEL STREQUAL full)
        return()
    endif()
    add_executable(${name} ${ARG_SOURCES})
    nonzero_options(${name})
    nonzero_test_optimisation(${name})
    target_link_libraries(${name} PRIVATE nonzero_test_main ${ARG_LIBRARIES})
    nonzero_precompiled_headers(${name} REUSE_FROM nonzero_test_main)
    # One variable here, one there: catch_discover_tests takes a list apart. The leak checker crashes on the guard pages of
    # SystemC's coroutine stacks.
    if(NONZERO_SANITIZE)
        set(environment ASAN_OPTIONS=detect_leaks=0)
    else()
        set(environment SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1)
    endif()
    catch_discover_tests(
        ${name}
        TEST_PREFIX "${name}: "
        EXTRA_ARGS --warn=NoAssertions
        PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77 ENVIRONMENT ${environment}
                   ENVIRONMENT_MODIFICATION NONZERO_SOURCE_DIR=set:${PROJECT_SOURCE_DIR})
endfunction()
