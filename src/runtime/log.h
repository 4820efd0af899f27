// One structured line per event: time, level, module, event, key=value. Never a person's data.
//   log_info("storage", "rolled", {{"chunks", chunks}, {"seconds", 0.2}});
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace madang::runtime {

class LogValue {
 public:
  LogValue(std::string_view text) : text_(text), quoted_(true) {}
  LogValue(std::string const& text) : LogValue(std::string_view{text}) {}
  LogValue(char const* text) : LogValue(std::string_view{text}) {}
  LogValue(std::integral auto number) : text_(std::to_string(number)) {}
  LogValue(double number);

  [[nodiscard]] std::string const& text() const { return text_; }
  [[nodiscard]] bool quoted() const { return quoted_; }

 private:
  std::string text_;
  bool quoted_ = false;
};

struct LogField {
  std::string_view key;
  LogValue value;
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Thread-safe; writes to standard error.
void log(LogLevel level, std::string_view module, std::string_view event, std::initializer_list<LogField> fields);
void set_log_level(LogLevel level);

inline void log_debug(std::string_view module, std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kDebug, module, event, fields);
}
inline void log_info(std::string_view module, std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kInfo, module, event, fields);
}
inline void log_warning(std::string_view module, std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kWarning, module, event, fields);
}
inline void log_error(std::string_view module, std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kError, module, event, fields);
}

}  // namespace madang::runtime
