# Run at build time with -P: fills TEMPLATE into OUTPUT, asking git for the commit.
set(COMMIT "unknown")
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS "${SOURCE_DIR}/.git")
    execute_process(
        COMMAND "${GIT_EXECUTABLE}" -c "safe.directory=*" describe --always --dirty --abbrev=12
        WORKING_DIRECTORY "${SOURCE_DIR}"
        OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE
        RESULT_VARIABLE failed ERROR_QUIET)
    if(NOT failed AND described)
        set(COMMIT "${described}")
    endif()
endif()
configure_file("${TEMPLATE}" "${OUTPUT}" @ONLY)
