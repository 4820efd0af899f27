// toml++ as every file here uses it: parsing gives a result, nothing throws. A mixture of both kinds in one program
// breaks the one definition rule and crashes, so nobody includes toml++ directly.
#pragma once

// Version 3.3 asserts that a key begins where a table's header ends its '[', before it looks: "[!]" would end the program.
// Without the assertion the same lines answer with an error.
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
