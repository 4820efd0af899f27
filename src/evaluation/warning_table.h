// How the scores of the early warning are printed, and their floors.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "evaluation/warning_score.h"

namespace madang::evaluation {

void print_warning_table(std::vector<Tally> const& columns);
void print_event_values(std::uint64_t values, std::uint64_t kept_back, std::map<std::uint8_t, std::uint64_t> const& by_test);
void print_false_alarms(Tally const& tally);

/// Prints each; true when all are kept.
bool keeps_floors(Tally const& tally);
bool floor_kept(std::string_view what, double value, double limit, bool at_most);

}  // namespace madang::evaluation
