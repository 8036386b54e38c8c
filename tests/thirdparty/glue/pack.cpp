#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/common/temporary_directory.h"
#include "tests/thirdparty/accelerator.h"

namespace thirdparty {

Image pack(const std::string& kind, const std::string& arguments) {
    const nonzero::test::TemporaryDirectory folder;
    const std::string said = folder.file("said.txt");
    const std::string command = "'" NONZERO_PROGRAM "' pack " + kind + " --network '" NONZERO_SMALL_LAYERS "' --out '" +
                                folder.file("image") + "' " + arguments + " > '" + said + "' 2>&1";
    if (std::system(command.c_str()) != 0) {
        std::ostringstream text;
        text << command << "\n" << std::ifstream(said).rdbuf();
        throw std::runtime_error(text.str());
    }
    return read_image(folder.file("image") + "/manifest.json");
}

}  // namespace thirdparty
