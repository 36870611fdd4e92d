// main() of every test executable. libsystemc brings a main() of its own that calls sc_main();
// tests start themselves, so sc_main() is there for the linker only.
#include <gmock/gmock.h>

extern "C" int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    return RUN_ALL_TESTS();
}
