# Installation: the command, and study, platforms and lowering as a package for find_package(nonzero).
#
# The rooms go into one shared library, so that who runs layers by it, or links a platform into a virtual platform of his
# own, needs SystemC and nothing else of what the rooms are made with. Its headers are those that include the standard
# library, SystemC and each other only; they are included as <nonzero/platforms/platform.h>.

include(CMakePackageConfigHelpers)

set(nonzero_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nonzero)

# Whatever the study and the platforms need of the other rooms is taken from their libraries.
add_library(nonzero_shared SHARED $<TARGET_OBJECTS:nonzero_study> $<TARGET_OBJECTS:nonzero_platforms>)
add_library(nonzero::nonzero ALIAS nonzero_shared)
set_target_properties(
    nonzero_shared
    PROPERTIES OUTPUT_NAME nonzero
               EXPORT_NAME nonzero
               LINKER_LANGUAGE CXX
               VERSION ${PROJECT_VERSION}
               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
# Where SystemC was found in a directory of its own, it is found there again.
set_target_properties(nonzero nonzero_shared PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
nonzero_options(nonzero_shared)
target_link_options(nonzero_shared PRIVATE -Wl,--no-undefined)
target_link_libraries(
    nonzero_shared
    PRIVATE nonzero_study
    PUBLIC SystemC::systemc)

install(
    TARGETS nonzero_shared
    EXPORT nonzeroTargets
    INCLUDES
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# Inside of the project a header includes another as "room/name.h", installed as <nonzero/room/name.h>.
foreach(
    header
    study/layer_study.h
    study/given_layer.h
    study/layer_numbers.h
    study/cost.h
    study/spec.h
    study/mask.h
    platforms/platform.h
    platforms/platform_options.h
    platforms/cost_uses.h
    lowering/lowering.h
    models/base/shared_bytes.h
    models/host/host_interface.h
    workloads/error.h
    workloads/host_error.h
    workloads/layer.h
    workloads/nm_pattern.h
    workloads/pooling.h
    workloads/reference.h
    workloads/tensor.h)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${header})
    file(READ ${PROJECT_SOURCE_DIR}/${header} text)
    string(REGEX REPLACE "#include \"([^\"]+)\"" "#include <nonzero/\\1>" text "${text}")
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/installed/nonzero/${header} CONTENT "${text}" @ONLY)
    cmake_path(GET header PARENT_PATH room)
    install(FILES ${PROJECT_BINARY_DIR}/installed/nonzero/${header}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/nonzero/${room})
endforeach()
install(TARGETS nonzero)
# What has to be built for `cmake --install`, tests and benchmarks left out.
add_custom_target(nonzero_package DEPENDS nonzero nonzero_shared)

install(
    EXPORT nonzeroTargets
    NAMESPACE nonzero::
    DESTINATION ${nonzero_package_dir})
configure_package_config_file(cmake/nonzeroConfig.cmake.in ${PROJECT_BINARY_DIR}/nonzeroConfig.cmake
                              INSTALL_DESTINATION ${nonzero_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nonzeroConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nonzeroConfig.cmake ${PROJECT_BINARY_DIR}/nonzeroConfigVersion.cmake
              cmake/FindSystemC.cmake DESTINATION ${nonzero_package_dir})
