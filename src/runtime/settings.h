// Configuration: every module declares its fields once, with sentence, unit, default and bounds; one TOML file
// sets them. An unknown or out-of-range key refuses to start and names file, line and the nearest valid key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"

namespace madang::runtime {

/// What a text may be; the error's sentence says what is wrong with it.
using TextCheck = Result<void> (*)(std::string const& text);

struct SettingInfo {
  std::string key;       ///< dotted: "http.listen"
  std::string sentence;  ///< what it decides
  std::string unit;      ///< "" for texts and switches
  double min = 0;        ///< bounds of numbers; both 0: any
  double max = 0;
  TextCheck check = nullptr;  ///< of texts; none: any
};

/// Not thread-safe: filled at start, then read.
class Settings {
 public:
  /// Registers a field; its present value is the default. The field must outlive Settings. A key is declared once.
  void declare(std::int64_t& field, SettingInfo info) { add(&field, std::move(info)); }
  void declare(double& field, SettingInfo info) { add(&field, std::move(info)); }
  void declare(bool& field, SettingInfo info) { add(&field, std::move(info)); }
  void declare(std::string& field, SettingInfo info) { add(&field, std::move(info)); }

  /// Sets fields from TOML text. `name` stands in errors. kInvalid; then some fields may be set already.
  Result<void> read(std::string_view toml, std::string_view name);
  /// kNotFound when the file cannot be read.
  Result<void> read_file(std::string const& path);

  /// A TOML text with every key, its sentence, unit, bounds and present value: `madang config --explain`.
  [[nodiscard]] std::string explain() const;

 private:
  using Field = std::variant<std::int64_t*, double*, bool*, std::string*>;
  struct Setting {
    SettingInfo info;
    Field field;
  };
  friend struct SettingsReader;

  void add(Field field, SettingInfo info);
  static std::string explain(Setting const& setting);

  std::vector<Setting> settings_;
};

}  // namespace madang::runtime
