#include "app/bench/report.h"

#include <fmt/core.h>

#include <cstdio>

namespace madang::app {

bool BenchReport::Row::kept() const {
  return floor == Floor::kNone || (floor == Floor::kAtLeast ? value >= limit : value <= limit);
}

void BenchReport::add(std::string name, std::string unit, double value, Floor floor, double limit) {
  rows_.push_back({std::move(name), std::move(unit), value, floor, limit});
}

bool BenchReport::print(std::string const& title) const {
  bool all = true;
  fmt::print("\n{}\n{:<58} {:>12} {:<10} {:>14}\n", title, "", "measured", "", "floor");
  for (auto const& row : rows_) {
    std::string limit;
    if (row.floor != Floor::kNone) {
      double const off = row.limit == 0 ? 0 : (row.value / row.limit - 1) * 100;
      limit = fmt::format("{} {:g}  {}", row.floor == Floor::kAtLeast ? ">=" : "<=", row.limit,
                          row.kept() ? "ok" : fmt::format("MISSED by {:.0f} %", off < 0 ? -off : off));
    }
    fmt::print("{:<58} {:>12.4g} {:<10} {:>14}\n", row.name, row.value, row.unit, limit);
    all = all && row.kept();
  }
  std::fflush(stdout);
  return all;
}

void BenchReport::write(JsonWriter& out) const {
  out.begin_array();
  for (auto const& row : rows_) {
    out.begin_object().field("name", row.name).field("unit", row.unit).field("value", row.value);
    if (row.floor != Floor::kNone)
      out.field(row.floor == Floor::kAtLeast ? "at_least" : "at_most", row.limit).field("kept", row.kept());
    out.end_object();
  }
  out.end_array();
}

}  // namespace madang::app
