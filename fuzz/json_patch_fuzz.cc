// A JSON Patch from outside: whatever it says, an entity stays a JSON object, or nothing is changed.
#include <cstddef>
#include <cstdint>
#include <string>

#include "opendata/sensorthings/json_node.h"
#include "opendata/sensorthings/json_patch.h"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const entity = R"({"name":"Pole 7","description":"","properties":{"serial":"P7","a/b":[1,{"c":null}],"m~n":-0.5,"names":{"ko":"7번"}}})";
  auto const patched = opendata::json_patched(entity, {reinterpret_cast<char const*>(data), size});
  if (!patched) return 0;
  simdjson::dom::parser parser;
  MADANG_ASSERT(opendata::parse_body(parser, *patched).has_value());
  return 0;
}
