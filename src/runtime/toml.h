// toml++ as every file here uses it: parsing gives a result, nothing throws. A mixture of both kinds in one program
// breaks the one definition rule and crashes, so nobody includes toml++ directly.
#pragma once

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
