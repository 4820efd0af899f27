#include "mobility/network/xml_elements.h"

#include <fmt/format.h>
#include <libxml/tree.h>
#include <libxml/xmlreader.h>

#include <charconv>
#include <climits>
#include <cmath>

#include "mobility/network/limits.h"

namespace madang::mobility::network {
namespace {

static_assert(kSumoNetBytesMax < INT_MAX, "libxml2 counts the bytes of a text as an int");
constexpr int kLinesOfNodeMax = 65'535;

std::string text_of(xmlChar const* text) { return text == nullptr ? std::string{} : reinterpret_cast<char const*>(text); }

/// A node counts lines up to 65,535; behind that the parser's own line is told, which may be a few lines ahead.
int line_of(xmlTextReaderPtr reader) {
  xmlNodePtr const node = xmlTextReaderCurrentNode(reader);
  long const line = node == nullptr ? -1 : xmlGetLineNo(node);
  if (line > 0 && line < kLinesOfNodeMax) return static_cast<int>(line);
  return xmlTextReaderGetParserLineNumber(reader);
}

}  // namespace

bool read_number(std::string_view text, double& number) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
}

void XmlElements::Free::operator()(_xmlTextReader* reader) const { xmlFreeTextReader(reader); }

Result<XmlElements> XmlElements::open(std::string_view xml) {
  if (xml.empty()) return fail(Code::kInvalid, "line 1: the text is empty");
  if (xml.size() > kSumoNetBytesMax)
    return fail(Code::kLimit, fmt::format("line 1: the text has {} bytes, more than {}", xml.size(), kSumoNetBytesMax));
  constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
  std::unique_ptr<_xmlTextReader, Free> reader(
      xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, kOptions));
  if (reader == nullptr) return fail(Code::kInternal, "line 1: libxml2 makes no reader");
  auto complaint = std::make_unique<Complaint>();
  // The pointer is const in later versions of libxml2, and both are served.
  auto const note = [](void* place, auto* error) {
    auto& first = *static_cast<Complaint*>(place);
    if (!first.sentence.empty() || error == nullptr || error->message == nullptr) return;
    first.line = error->line;
    first.sentence = error->message;
    while (!first.sentence.empty() && first.sentence.back() == '\n') first.sentence.pop_back();
  };
  xmlTextReaderSetStructuredErrorHandler(reader.get(), note, complaint.get());
  return XmlElements(std::move(reader), std::move(complaint));
}

Result<bool> XmlElements::next() {
  for (;;) {
    int const read = xmlTextReaderRead(reader_.get());
    if (read == 0) return false;
    if (read != 1)
      return fail(Code::kInvalid, fmt::format("line {}: no well formed XML: {}", complaint_->line,
                                              complaint_->sentence.empty() ? "it ends too early" : complaint_->sentence));
    int const type = xmlTextReaderNodeType(reader_.get());
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
      return fail(Code::kUnsupported, fmt::format("line {}: document types and entities are not read", line_of(reader_.get())));
    if (type != XML_READER_TYPE_ELEMENT) continue;
    take_element();
    return true;
  }
}

void XmlElements::take_element() {
  auto* const reader = reader_.get();
  name_ = text_of(xmlTextReaderConstLocalName(reader));
  depth_ = xmlTextReaderDepth(reader);
  line_ = line_of(reader);
  attributes_.clear();
  while (xmlTextReaderMoveToNextAttribute(reader) == 1)
    attributes_.emplace_back(text_of(xmlTextReaderConstName(reader)), text_of(xmlTextReaderConstValue(reader)));
  xmlTextReaderMoveToElement(reader);
}

std::string const* XmlElements::find(std::string_view attribute) const {
  for (auto const& [name, value] : attributes_)
    if (name == attribute) return &value;
  return nullptr;
}

std::string XmlElements::text(std::string_view attribute) const {
  auto const* const value = find(attribute);
  return value == nullptr ? std::string{} : *value;
}

Result<std::string> XmlElements::required(std::string_view attribute) const {
  auto const* const value = find(attribute);
  if (value == nullptr || value->empty()) return fail(fault(fmt::format("has no {}", attribute)));
  return *value;
}

Result<double> XmlElements::number(std::string_view attribute, double max) const {
  MADANG_TRY(auto const value, required(attribute));
  double number = 0;
  if (!read_number(value, number) || std::abs(number) > max)
    return fail(fault(fmt::format("{} \"{:.40}\" is no number of -{} to {}", attribute, value, max, max)));
  return number;
}

Result<std::uint32_t> XmlElements::whole(std::string_view attribute, std::size_t end) const {
  MADANG_TRY(auto const value, required(attribute));
  std::uint32_t number = 0;
  auto const [rest, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || rest != value.data() + value.size() || number >= end)
    return fail(fault(fmt::format("{} \"{:.40}\" is no whole number below {}", attribute, value, end)));
  return number;
}

Error XmlElements::fault(std::string_view what) const {
  return Error{Code::kInvalid, fmt::format("line {}: <{}>: {}", line_, name_, what)};
}

}  // namespace madang::mobility::network
