# SPDX-License-Identifier: MIT
# How everything of ours is compiled, and what layer() makes of a folder.

find_program(PYTHON3 NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
enable_testing()

# Warnings and hardening, linked by each target of ours and by nothing else.
add_library(cloister_build INTERFACE)
target_compile_features(cloister_build INTERFACE cxx_std_20)
target_compile_options(cloister_build INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor -Wundef
    $<$<BOOL:${CLOISTER_WERROR}>:-Werror> -fPIE)
target_compile_definitions(cloister_build INTERFACE _GLIBCXX_ASSERTIONS)
# What is shipped. GCC 12 sees overlaps in std::string that are not there (its bug 105651), hence -Wno-restrict.
target_compile_options(cloister_build INTERFACE $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3 -fstack-protector-strong
    -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -Wno-restrict>)
# A program whose property STATIC_PIE is set needs no file beside it.
target_link_options(cloister_build INTERFACE $<IF:$<BOOL:$<TARGET_PROPERTY:STATIC_PIE>>,-static-pie,-pie> -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
target_compile_definitions(cloister_build INTERFACE CLOISTER_VERSION="${PROJECT_VERSION}")
if(CLOISTER_SANITIZE)
    target_compile_options(cloister_build INTERFACE -fsanitize=${CLOISTER_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer
        # It reads what stands before a function, and code that was written into a page by hand has nothing there.
        $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    target_link_options(cloister_build INTERFACE -fsanitize=${CLOISTER_SANITIZE})
endif()
if(CLOISTER_FUZZ)
    target_compile_options(cloister_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/fuzz.cmake)

if(NOT CLOISTER_FUZZ)
    find_package(GTest REQUIRED)
    # Compiled once and shared: half of a test's compile time is GoogleTest's header and what that includes.
    add_library(test_headers OBJECT ${CMAKE_CURRENT_LIST_DIR}/test_headers.cpp)
    target_link_libraries(test_headers PRIVATE cloister_build GTest::gtest_main)
    target_precompile_headers(test_headers PRIVATE <gtest/gtest.h>)
endif()

# foreign(NAME MODULE)
# Makes foreign_NAME of a pkg-config module: linked by name, so that one library target serves a program that is linked
# statically as well as one that is not.
function(foreign name module)
    pkg_check_modules(${name} REQUIRED ${module})
    add_library(foreign_${name} INTERFACE)
    target_include_directories(foreign_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
    target_compile_options(foreign_${name} INTERFACE ${${name}_CFLAGS_OTHER})
    target_link_directories(foreign_${name} INTERFACE ${${name}_LIBRARY_DIRS})
    target_link_libraries(foreign_${name} INTERFACE ${${name}_STATIC_LIBRARIES})
endfunction()

# layer(NAME [AT folder] [USES layer...] [LINKS target...] [HEAVY header...])
# Makes the library cloister_NAME of folder/*.cpp; NAME_test of its *_test.cpp and what they share (test_*.h, test_*.cpp),
# which ctest runs as the test NAME; and what fuzz.cmake makes of each *_fuzz.cpp. Headers are verified to compile alone;
# HEAVY ones, of others, are compiled once for the whole layer.
function(layer name)
    cmake_parse_arguments(arg "" "AT" "USES;LINKS;HEAVY" ${ARGN})
    # Headers are included by their path from app/, or, outside of it, from the project's folder.
    set(at ${CMAKE_SOURCE_DIR}/app/${name})
    set(includes ${CMAKE_SOURCE_DIR}/app)
    if(arg_AT)
        set(at ${CMAKE_SOURCE_DIR}/${arg_AT})
        set(includes ${CMAKE_SOURCE_DIR})
    endif()
    if(at STREQUAL "${CMAKE_SOURCE_DIR}/app")
        set(includes ${at})
    endif()
    file(GLOB sources CONFIGURE_DEPENDS ${at}/*.cpp)
    file(GLOB headers CONFIGURE_DEPENDS ${at}/*.h)
    file(GLOB tests CONFIGURE_DEPENDS ${at}/*_test.cpp ${at}/test_*.cpp)
    list(FILTER headers EXCLUDE REGEX "/test_[^/]*$")
    file(GLOB fuzzers CONFIGURE_DEPENDS ${at}/*_fuzz.cpp)
    list(REMOVE_ITEM sources ${tests} ${fuzzers} ${CMAKE_SOURCE_DIR}/app/main.cpp)
    list(TRANSFORM arg_USES PREPEND cloister_ OUTPUT_VARIABLE uses)

    add_library(cloister_${name} STATIC ${sources})
    target_sources(cloister_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${includes} FILES ${headers})
    set_target_properties(cloister_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
    target_compile_features(cloister_${name} PUBLIC cxx_std_20)  # for those who verify its headers, too
    target_link_libraries(cloister_${name} PUBLIC ${uses} ${arg_LINKS} PRIVATE cloister_build)

    if(arg_HEAVY)
        target_precompile_headers(cloister_${name} PRIVATE ${arg_HEAVY})
    endif()

    if(tests AND NOT CLOISTER_FUZZ AND (NOT CLOISTER_TESTED OR name IN_LIST CLOISTER_TESTED))
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE cloister_${name} cloister_build GTest::gtest_main)
        if(arg_HEAVY)
            target_precompile_headers(${name}_test PRIVATE <gtest/gtest.h> ${arg_HEAVY})
        else()
            target_precompile_headers(${name}_test REUSE_FROM test_headers)
        endif()
        # One process for all of a layer's tests: a process for each would take longer than the tests.
        add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/integration/cmake/run_unit.sh
            ${CMAKE_BINARY_DIR}/reports/${name}.xml $<TARGET_FILE:${name}_test>)
        set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 600)
    endif()
    foreach(fuzzer IN LISTS fuzzers)
        fuzz_target(${name} ${fuzzer})
    endforeach()
endfunction()
