# cmake -DSOURCE_DIR=… -DNAMES=a,b,c -DOUTPUT=… -P embed.cmake
# Writes the C++ file that holds SOURCE_DIR/<name>.json of every name as a raw string literal.

string(REPLACE "," ";" NAMES "${NAMES}")
set(entries "")
foreach(name IN LISTS NAMES)
    file(READ "${SOURCE_DIR}/${name}.json" json)
    string(APPEND entries "        {\"${name}\", R\"network(${json})network\"},\n")
endforeach()
file(
    WRITE "${OUTPUT}"
    "// Generated from the JSON files of workloads/networks.\n"
    "#include \"workloads/networks/embedded.h\"\n\n"
    "namespace nonzero {\n\n"
    "const std::vector<EmbeddedNetwork>& embedded_networks() {\n"
    "    static const std::vector<EmbeddedNetwork> networks = {\n"
    "${entries}"
    "    };\n"
    "    return networks;\n"
    "}\n\n"
    "}  // namespace nonzero\n")
