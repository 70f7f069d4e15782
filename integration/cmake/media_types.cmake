# SPDX-License-Identifier: MIT
# Makes the table of media types that the layer press is built with, of Debian's.

set(CLOISTER_MIME_TYPES /etc/mime.types CACHE FILEPATH "The table of media types, as Debian's package media-types has it")
if(NOT EXISTS ${CLOISTER_MIME_TYPES})
    message(FATAL_ERROR "${CLOISTER_MIME_TYPES} is missing: apt-get install media-types, or name another by -DCLOISTER_MIME_TYPES=FILE")
endif()
set(media_types_script ${CMAKE_CURRENT_LIST_DIR}/media_types.py)
set(media_types_table ${CMAKE_BINARY_DIR}/media_type_table.cpp)
add_custom_command(OUTPUT ${media_types_table}
    COMMAND ${PYTHON3} ${media_types_script} ${CLOISTER_MIME_TYPES} ${media_types_table}
    DEPENDS ${media_types_script} ${CLOISTER_MIME_TYPES} VERBATIM)
target_sources(cloister_press PRIVATE ${media_types_table})
