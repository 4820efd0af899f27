// The elements of an XML file from top to bottom, one at a time, so that a file of any size needs little memory. SUMO says all in
// attributes; text between elements is passed over.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/error.h"

namespace madang::evaluation::signals {

/// Where an element begins; valid only while it is handed over.
class XmlElement {
 public:
  XmlElement(void* reader, std::string const& file) : reader_(reader), file_(file) {}

  [[nodiscard]] std::string name() const;
  [[nodiscard]] int depth() const;  ///< 0: the root
  [[nodiscard]] int line() const;
  [[nodiscard]] std::optional<std::string> attribute(char const* name) const;
  /// kInvalid with file and line where it is not there.
  [[nodiscard]] Result<std::string> text(char const* name) const;
  /// kInvalid with file and line where it is not there or no finite number.
  [[nodiscard]] Result<double> number(char const* name) const;

 private:
  [[nodiscard]] std::string place(char const* attribute) const;
  void* reader_;  // libxml2's, which only the source file knows
  std::string const& file_;
};

/// kNotFound, kLimit, kInvalid with file and line, or the first error that each gives back.
Result<void> walk_xml(std::filesystem::path const& file, std::function<Result<void>(XmlElement const&)> const& each);

/// The text as the value of an attribute.
std::string xml_escaped(std::string_view text);

}  // namespace madang::evaluation::signals
