#include "runtime/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace madang::runtime {
namespace {

spdlog::logger& logger() {
  static auto const kInstance = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto made = std::make_shared<spdlog::logger>("madang", std::move(sink));
    made->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *kInstance;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

void append_quoted(std::string& line, std::string_view text) {
  line += '"';
  for (char const c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  line += '"';
}

}  // namespace

LogValue::LogValue(double number) : text_(fmt::format("{:.6g}", number)) {}

void log(LogLevel level, std::string_view module, std::string_view event, std::initializer_list<LogField> fields) {
  if (!logger().should_log(spdlog_level(level))) return;
  std::string line = fmt::format("module={} event={}", module, event);
  for (auto const& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    if (value.quoted())
      append_quoted(line, value.text());
    else
      line += value.text();
  }
  logger().log(spdlog_level(level), line);
}

void set_log_level(LogLevel level) { logger().set_level(spdlog_level(level)); }

}  // namespace madang::runtime
