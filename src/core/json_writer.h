// Writes JSON text into one growing string, without a tree in between. Commas are placed by the writer;
// nesting is the caller's business and is checked by an assertion at the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace madang {

class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(char const* text) { return value(std::string_view{text}); }
  JsonWriter& value(std::string const& text) { return value(std::string_view{text}); }
  JsonWriter& value(bool b);
  JsonWriter& value(double number);  ///< shortest text that reads back the same; NaN and infinity become null
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(std::size_t number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& null();
  /// Text that is JSON already, such as a stored `properties` object.
  JsonWriter& raw(std::string_view json);

  template <typename T>
  JsonWriter& field(std::string_view name, T const& v) {
    key(name);
    return value(v);
  }

  [[nodiscard]] std::string const& text() const { return out_; }
  [[nodiscard]] std::string take();

 private:
  void separate();

  std::string out_;
  std::vector<bool> first_;  ///< per open container: nothing written in it yet
  bool after_key_ = false;
};

/// Appends `text` with JSON's escapes and quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace madang
