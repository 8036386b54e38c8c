# cmake -DSOURCE_DIR=… -DNAMES=a,b,c -DHEADER=… -DFUNCTION=… -DOUTPUT=… -P embed.cmake
# Writes the C++ file that defines FUNCTION, declared in HEADER: SOURCE_DIR/<name>.json of every name as a raw string
# literal.

string(REPLACE "," ";" NAMES "${NAMES}")
set(entries "")
foreach(name IN LISTS NAMES)
    file(READ "${SOURCE_DIR}/${name}.json" json)
    string(APPEND entries "        {\"${name}\", R\"embedded(${json})embedded\"},\n")
endforeach()
cmake_path(GET HEADER PARENT_PATH room)
file(
    WRITE "${OUTPUT}"
    "// Generated from the JSON files of ${room}.\n"
    "#include \"${HEADER}\"\n\n"
    "namespace nonzero {\n\n"
    "const std::vector<EmbeddedFile>& ${FUNCTION}() {\n"
    "    static const std::vector<EmbeddedFile> files = {\n"
    "${entries}"
    "    };\n"
    "    return files;\n"
    "}\n\n"
    "}  // namespace nonzero\n")
