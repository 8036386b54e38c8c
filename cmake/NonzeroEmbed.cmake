# nonzero_embed(ROOM TARGET HEADER FUNCTION NAMES…): compiles NAME.json of the current directory into a room, so that an
# installed program needs no data files. FUNCTION, declared in HEADER, gives them as a list of EmbeddedFile.

function(nonzero_embed room target header function)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
    list(TRANSFORM files APPEND .json)
    list(JOIN ARGN "," names)
    set(embedded ${CMAKE_CURRENT_BINARY_DIR}/embedded.cpp)
    set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/embed.cmake)
    add_custom_command(
        OUTPUT ${embedded}
        COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${CMAKE_CURRENT_SOURCE_DIR} -DNAMES=${names} -DHEADER=${header}
                -DFUNCTION=${function} -DOUTPUT=${embedded} -P ${script}
        DEPENDS ${files} ${script}
        COMMENT "Embedding the files of ${target}"
        VERBATIM)
    # The rule of a generated file is known only in its own directory, so the file is compiled here.
    add_library(${target} OBJECT ${embedded})
    nonzero_options(${target})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_sources(${room} PRIVATE $<TARGET_OBJECTS:${target}>)
endfunction()
