# SPDX-License-Identifier: MIT
# What becomes of each *_fuzz.cpp: in the preset fuzz a program of libFuzzer's, which makes up inputs; in other builds with
# sanitizers a program that reads its corpus, which ctest runs. The corpus is the folder of the same name beside the source,
# with every finding there ever was, and what integration/fuzz/seeds.py makes, because nobody could read it as a file.

if(CLOISTER_FUZZ)
    add_custom_target(fuzz_targets)
elseif(CLOISTER_SANITIZE)
    add_library(replay OBJECT ${CMAKE_SOURCE_DIR}/integration/fuzz/replay.cpp)
    target_link_libraries(replay PRIVATE cloister_build)
    add_test(NAME seeds COMMAND ${PYTHON3} -m fuzz.seeds ${CMAKE_BINARY_DIR}/seeds)
    set_tests_properties(seeds PROPERTIES LABELS corpus FIXTURES_SETUP seeds WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/integration)
endif()

# fuzz_target(LAYER SOURCE)
function(fuzz_target layer source)
    get_filename_component(name ${source} NAME_WE)
    get_filename_component(folder ${source} DIRECTORY)
    if(NOT CLOISTER_FUZZ AND NOT CLOISTER_SANITIZE)
        return()
    endif()
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE cloister_${layer} cloister_build)
    if(CLOISTER_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz_targets ${name})
    else()
        target_link_libraries(${name} PRIVATE replay)
        add_test(NAME ${name} COMMAND ${name} ${folder}/${name} ${CMAKE_BINARY_DIR}/seeds/${name})
        set_tests_properties(${name} PROPERTIES LABELS corpus FIXTURES_REQUIRED seeds TIMEOUT 120)
    endif()
endfunction()
