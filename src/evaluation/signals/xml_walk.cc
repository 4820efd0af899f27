#include "evaluation/signals/xml_walk.h"

#include <fmt/format.h>
#include <libxml/xmlreader.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <string_view>
#include <system_error>

#include "evaluation/signals/limits.h"

namespace madang::evaluation::signals {
namespace {

using Reader = std::unique_ptr<xmlTextReader, decltype(&xmlFreeTextReader)>;

xmlTextReaderPtr reader_of(void* reader) { return static_cast<xmlTextReaderPtr>(reader); }

std::string text_of(xmlChar const* text) { return text == nullptr ? std::string{} : reinterpret_cast<char const*>(text); }

/// libxml2 would print it; here it is kept for the sentence.
struct XmlFault {
  std::string words;
  int line = 0;
};

void keep_first_fault(void* into, char const* words, xmlParserSeverities, xmlTextReaderLocatorPtr where) {
  auto& fault = *static_cast<XmlFault*>(into);
  if (!fault.words.empty()) return;
  fault.words = words;
  while (!fault.words.empty() && fault.words.back() == '\n') fault.words.pop_back();
  fault.line = xmlTextReaderLocatorLineNumber(where);
}

Result<void> check_size(std::filesystem::path const& file) {
  std::error_code failed;
  auto const bytes = std::filesystem::file_size(file, failed);
  if (failed) return fail(Code::kNotFound, fmt::format("{}: {}", file.string(), failed.message()));
  if (bytes > kXmlBytesMax) return fail(Code::kLimit, fmt::format("{}: {} bytes are above {}", file.string(), bytes, kXmlBytesMax));
  return {};
}

}  // namespace

std::string XmlElement::name() const { return text_of(xmlTextReaderConstLocalName(reader_of(reader_))); }
int XmlElement::depth() const { return xmlTextReaderDepth(reader_of(reader_)); }
int XmlElement::line() const { return xmlTextReaderGetParserLineNumber(reader_of(reader_)); }

std::optional<std::string> XmlElement::attribute(char const* name) const {
  std::unique_ptr<xmlChar, void (*)(void*)> const found{
      xmlTextReaderGetAttribute(reader_of(reader_), reinterpret_cast<xmlChar const*>(name)), [](void* text) { xmlFree(text); }};
  if (!found) return std::nullopt;
  return text_of(found.get());
}

std::string XmlElement::place(char const* attribute) const {
  return fmt::format("{}: line {}: {} of <{}>", file_, line(), attribute, name());
}

Result<std::string> XmlElement::text(char const* name) const {
  auto found = attribute(name);
  if (!found) return fail(Code::kInvalid, place(name) + " is missing");
  return *std::move(found);
}

Result<double> XmlElement::number(char const* name) const {
  MADANG_TRY(auto const found, text(name));
  double value = 0;
  auto const [end, failed] = std::from_chars(found.data(), found.data() + found.size(), value);
  if (failed != std::errc{} || end != found.data() + found.size() || !std::isfinite(value)) {
    return fail(Code::kInvalid, fmt::format("{}: \"{}\" is no number", place(name), found));
  }
  return value;
}

Result<void> walk_xml(std::filesystem::path const& file, std::function<Result<void>(XmlElement const&)> const& each) {
  MADANG_CHECK(check_size(file));
  auto const name = file.string();
  XmlFault fault;
  Reader const reader{xmlReaderForFile(name.c_str(), nullptr, XML_PARSE_NONET), &xmlFreeTextReader};
  if (!reader) return fail(Code::kNotFound, name + ": cannot be opened");
  xmlTextReaderSetErrorHandler(reader.get(), &keep_first_fault, &fault);
  int outcome = 0;
  while ((outcome = xmlTextReaderRead(reader.get())) == 1) {
    if (xmlTextReaderNodeType(reader.get()) != XML_READER_TYPE_ELEMENT) continue;
    XmlElement const element{reader.get(), name};
    if (element.depth() > kXmlDepthMax) {
      return fail(Code::kLimit, fmt::format("{}: line {}: elements lie deeper in each other than {}", name, element.line(), kXmlDepthMax));
    }
    MADANG_CHECK(each(element));
  }
  if (outcome != 0) return fail(Code::kInvalid, fmt::format("{}: line {}: {}", name, fault.line, fault.words));
  return {};
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char const c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace madang::evaluation::signals
