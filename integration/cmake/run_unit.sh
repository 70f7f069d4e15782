#!/bin/sh
# SPDX-License-Identifier: MIT
# run_unit.sh REPORT PROGRAM    runs all tests of PROGRAM, and puts what became of each into REPORT, as JUnit XML
#
# A test may make a nobody of its process, who cannot write below root's home. So the report is written to a folder that
# everybody may write to, and moved to its place.
set -u
report=$1
shift
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
chmod 777 "$folder"
mkdir -p "$(dirname "$report")"
rm -f "$report"
"$@" --gtest_output="xml:$folder/report.xml"
status=$?
[ ! -e "$folder/report.xml" ] || cp "$folder/report.xml" "$report"
exit $status
