# SPDX-License-Identifier: MIT
# Makes a ctest of each file of integration cases, and builds what only cases need.

# Tries to break out; run by the cases under the shipped unit, never installed.
add_executable(escapee ${CMAKE_SOURCE_DIR}/integration/escapee/escapee.cpp)
target_link_libraries(escapee PRIVATE cloister_story cloister_build)
if(CLOISTER_STATIC)
    set_target_properties(escapee PROPERTIES STATIC_PIE ON)  # as the appliance is, to run in the same root folder
endif()

# Shows over each protocol what handlers see and answer; never installed either.
add_executable(mirror ${CMAKE_SOURCE_DIR}/integration/mirror/mirror.cpp)
target_link_libraries(mirror PRIVATE cloister::cloister cloister_build)

# The server with one line of its policy missing.
add_executable(mutant ${CMAKE_SOURCE_DIR}/integration/mutant/mutant.cpp)
target_link_libraries(mutant PRIVATE cloister_story cloister_build)

# The server without its lock, to measure what that costs; never installed either.
add_executable(unconfined ${CMAKE_SOURCE_DIR}/integration/unconfined/unconfined.cpp ${CMAKE_SOURCE_DIR}/app/main.cpp)
target_link_libraries(unconfined PRIVATE cloister_story cloister_build)
set_target_properties(unconfined PROPERTIES STATIC_PIE ${CLOISTER_STATIC})  # As cloister is.

add_test(NAME layering.can_fail COMMAND ${PYTHON3} ${CMAKE_SOURCE_DIR}/integration/layering.py --self-test)

# How we frame what was mangled, compared with others (integration/differential/run.py).
add_executable(framing ${CMAKE_SOURCE_DIR}/integration/differential/framing.cpp)
target_link_libraries(framing PRIVATE cloister_http cloister_build)
if(CLOISTER_SANITIZE)
    add_test(NAME differential COMMAND ${PYTHON3} -m differential.run $<TARGET_FILE:framing> --inputs 2000 --readers h11)
    add_test(NAME differential.can_fail COMMAND ${PYTHON3} -m differential.run --self-test)
    set_tests_properties(differential differential.can_fail PROPERTIES
        LABELS corpus TIMEOUT 120 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/integration)
else()
    set_target_properties(framing PROPERTIES EXCLUDE_FROM_ALL ON)  # Only what the lint reads.
endif()

# What is booted is what ships, so a build with sanitizers has no cases. ctest asks for the names when it starts, so
# that building needs no pytest and a new case needs no new configuration.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CLOISTER_SANITIZE)
    # A library that cases preload: the clock jumps. It is no part of a program, so it is built as a library is.
    add_library(shifted MODULE ${CMAKE_SOURCE_DIR}/integration/shifted/shifted.cpp)
    target_compile_features(shifted PRIVATE cxx_std_20)
    target_compile_options(shifted PRIVATE -Wall -Wextra $<$<BOOL:${CLOISTER_WERROR}>:-Werror>)
    set_target_properties(shifted PROPERTIES PREFIX "")

    # All that cases put on a machine.
    add_custom_target(case_programs DEPENDS cloister hello escapee mirror mutant shifted)

    set(cases_list ${CMAKE_BINARY_DIR}/integration_cases.cmake)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/list_cases.cmake.in ${CMAKE_BINARY_DIR}/list_cases.cmake @ONLY)
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_BINARY_DIR}/list_cases.cmake)
endif()
