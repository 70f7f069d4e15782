// SPDX-License-Identifier: MIT
// Empty: the precompiled header of all tests needs one file that it is compiled for.
