// Bad input at construction reaches the virtual platform as an exception that it can catch.

#include <nonzero/platforms/platform.h>
#include <nonzero/workloads/error.h>

#include <iostream>
#include <string>

int sc_main(int, char*[]) {
    try {
        const nonzero::Platform platform("accelerator", "scn");
    } catch (const nonzero::InputError& error) {
        const std::string text = error.what();
        if (text.find("scnn") != std::string::npos) {
            return 0;
        }
        std::cerr << "the nearest name is not in: " << text << '\n';
        return 1;
    }
    std::cerr << "a platform of an unknown kind was built\n";
    return 1;
}
