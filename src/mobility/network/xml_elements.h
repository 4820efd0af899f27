// The elements of an XML text one after another, through libxml2's streaming reader: nothing is kept of those that are over, nothing
// is fetched, and a text with a document type (the only place where entities can be declared) is refused.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

struct _xmlTextReader;

namespace madang::mobility::network {

class XmlElements {
 public:
  /// The text must live as long as this.
  static Result<XmlElements> open(std::string_view xml);

  /// Goes to the next element's begin; false at the end of a text that was well formed.
  Result<bool> next();

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] int depth() const { return depth_; }  ///< 0: the outermost
  [[nodiscard]] int line() const { return line_; }

  /// Of the element; null: it has no such attribute.
  [[nodiscard]] std::string const* find(std::string_view attribute) const;
  /// Empty where there is none.
  [[nodiscard]] std::string text(std::string_view attribute) const;
  /// Refused where there is none or it is empty.
  [[nodiscard]] Result<std::string> required(std::string_view attribute) const;
  /// Refused where there is none, or it is no number of -max to max.
  [[nodiscard]] Result<double> number(std::string_view attribute, double max) const;
  /// Refused where there is none, or it is no whole number below `end`.
  [[nodiscard]] Result<std::uint32_t> whole(std::string_view attribute, std::size_t end) const;

  /// "line 7: <lane>: what"
  [[nodiscard]] Error fault(std::string_view what) const;

 private:
  struct Free {
    void operator()(_xmlTextReader* reader) const;
  };
  /// What libxml2 first said was wrong.
  struct Complaint {
    int line = 0;
    std::string sentence;
  };

  XmlElements(std::unique_ptr<_xmlTextReader, Free> reader, std::unique_ptr<Complaint> complaint)
      : complaint_(std::move(complaint)), reader_(std::move(reader)) {}
  void take_element();

  std::unique_ptr<Complaint> complaint_;  ///< outlives the reader, which writes there
  std::unique_ptr<_xmlTextReader, Free> reader_;
  std::string name_;
  int depth_ = 0;
  int line_ = 0;
  std::vector<std::pair<std::string, std::string>> attributes_;
};

/// A finite number that fills the whole text, written with a point; false otherwise.
bool read_number(std::string_view text, double& number);

}  // namespace madang::mobility::network
