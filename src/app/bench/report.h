// Measured numbers beside the floors that they must keep: printed as a table, written as JSON.
#pragma once

#include <string>
#include <vector>

#include "core/json_writer.h"

namespace madang::app {

class BenchReport {
 public:
  enum class Floor { kNone, kAtLeast, kAtMost };

  void add(std::string name, std::string unit, double value, Floor floor = Floor::kNone, double limit = 0);
  /// False when a floor is missed.
  [[nodiscard]] bool print(std::string const& title) const;
  void write(JsonWriter& out) const;

 private:
  struct Row {
    std::string name;
    std::string unit;
    double value = 0;
    Floor floor = Floor::kNone;
    double limit = 0;
    [[nodiscard]] bool kept() const;
  };
  std::vector<Row> rows_;
};

}  // namespace madang::app
