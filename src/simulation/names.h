// Invented Korean names with their romanisation (Revised Romanization). None of the districts exists.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "city/words.h"

namespace madang::simulation {

struct Names {
  std::string en;
  std::string ko;
  friend bool operator==(Names const&, Names const&) = default;
};

/// What the whole city is called.
Names city_name();
Names river_name();
/// As the registry keeps them, and as its API takes them: {"en":"...","ko":"..."}.
city::Name name_of(Names const& names);
void write_names(JsonWriter& json, Names const& names);

/// "Hanbit" / "한빛": the words of the 25 districts; a district is word + "-gu" / "구".
std::vector<Names> const& district_words();
/// `count` different words for neighbourhoods, in an order drawn from the seed. At most 490.
std::vector<Names> place_words(std::uint64_t seed, std::size_t count);

}  // namespace madang::simulation
