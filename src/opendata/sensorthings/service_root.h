// The service's root document: its sets and what of the standard holds.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace madang::opendata {

/// URIs of requirements classes and requirements of OGC 18-088.
std::span<std::string_view const> conformance();

std::string root_json(std::string const& base);

}  // namespace madang::opendata
