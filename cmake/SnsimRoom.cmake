# snsim_room(<name> <dir> [DEPENDS <room>...] [LIBS <target>...] [HEADERS_OF <target>...]
#            [EXCEPT <file>...])
#
# Makes the library snsim_<name> of every .cpp below <dir>, so a new file needs no edit here; a
# room that holds headers only becomes an INTERFACE library. LIBS go to whoever links the room;
# HEADERS_OF only lets the room compile against a library and leaves linking it to its users.
function(snsim_room name dir)
    cmake_parse_arguments(PARSE_ARGV 2 ARG "" "" "DEPENDS;LIBS;HEADERS_OF;EXCEPT")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}"
         "${CMAKE_SOURCE_DIR}/${dir}/*.cpp")
    if(ARG_EXCEPT)
        list(REMOVE_ITEM sources ${ARG_EXCEPT})
    endif()
    list(TRANSFORM ARG_DEPENDS PREPEND snsim_)

    if(sources)
        add_library(snsim_${name} STATIC ${sources})
        target_link_libraries(snsim_${name} PUBLIC ${ARG_DEPENDS} ${ARG_LIBS}
                                            PRIVATE $<BUILD_INTERFACE:snsim_settings>)
        target_include_directories(snsim_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
        foreach(lib IN LISTS ARG_HEADERS_OF)
            target_include_directories(snsim_${name} SYSTEM PRIVATE
                $<TARGET_PROPERTY:${lib},INTERFACE_INCLUDE_DIRECTORIES>)
        endforeach()
        snsim_reuse_precompiled(snsim_${name})
    else()
        add_library(snsim_${name} INTERFACE)
        target_link_libraries(snsim_${name} INTERFACE ${ARG_DEPENDS} ${ARG_LIBS})
        target_include_directories(snsim_${name} INTERFACE "${CMAKE_SOURCE_DIR}")
    endif()
    set_property(GLOBAL APPEND PROPERTY SNSIM_ROOMS snsim_${name})
endfunction()

# snsim_precompile(<target> <header>... [LIBS <target>...])
#
# Reads the headers once, for the rooms made from here on and for other targets that call
# snsim_reuse_precompiled(). With g++ only: what a file forgets to include shows where another
# compiler builds it.
function(snsim_precompile target)
    cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "LIBS")
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        return()
    endif()
    set(source "${CMAKE_BINARY_DIR}/generated/${target}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "// headers alone\n")
    add_library(${target} OBJECT "${source}")
    target_link_libraries(${target} PRIVATE snsim_settings ${ARG_LIBS})
    target_precompile_headers(${target} PRIVATE ${ARG_UNPARSED_ARGUMENTS})
    set(SNSIM_PRECOMPILED ${target} PARENT_SCOPE)
endfunction()

function(snsim_reuse_precompiled target)
    if(SNSIM_PRECOMPILED)
        target_precompile_headers(${target} REUSE_FROM ${SNSIM_PRECOMPILED})
    endif()
endfunction()
