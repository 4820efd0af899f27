#include "core/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace madang {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kShownMax = 200;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// The first line of `text`, cut to what a message can show.
std::string shown(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return std::string{text.substr(0, kShownMax)};
}

}  // namespace

CsvReader::CsvReader(Source source, CsvOptions options) : source_(std::move(source)), options_(options) {
  buffer_.resize(kChunk + options_.record_bytes_max);
}

/// Moves the unread bytes to the front and reads on behind them.
Result<void> CsvReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  next_ = 0;
  MADANG_TRY(auto const count, source_(std::span{buffer_}.subspan(end_)));
  end_ += count;
  source_done_ = count == 0;
  return {};
}

CsvReader::Scan CsvReader::broken(std::size_t at, std::string reason) {
  problem_ = {position_at(at), std::move(reason), shown({buffer_.data() + begin_, end_ - begin_})};
  return Scan::kBroken;
}

CsvReader::Scan CsvReader::too_long() {
  return broken(begin_, fmt::format("a record of more than {} bytes", options_.record_bytes_max));
}

CsvReader::Scan CsvReader::scan_quoted(std::size_t& at) {
  std::size_t const opened = at++;
  Span span{at, at, false};
  for (;; ++at) {
    if (at - begin_ > options_.record_bytes_max) return too_long();
    if (at == end_) return source_done_ ? broken(opened, "a quoted field is never closed") : Scan::kMore;
    char const c = buffer_[at];
    if (c == '\n') ++record_lines_;
    if (c != '"') continue;
    if (at + 1 == end_ && !source_done_) return Scan::kMore;
    if (at + 1 == end_ || buffer_[at + 1] != '"') break;
    span.escaped = true;
    ++at;
  }
  span.end = at++;
  if (at == end_) {
    spans_.push_back(span);
    return Scan::kComplete;
  }
  if (buffer_[at] == '\r' && at + 1 == end_ && !source_done_) return Scan::kMore;
  bool const line_end = buffer_[at] == '\n' || (buffer_[at] == '\r' && at + 1 < end_ && buffer_[at + 1] == '\n');
  if (buffer_[at] != options_.separator && !line_end)
    return broken(at, "text after a closing quote; a separator or the line's end expected");
  if (buffer_[at] == '\r') ++at;
  spans_.push_back(span);
  return Scan::kComplete;
}

CsvReader::Scan CsvReader::scan_plain(std::size_t& at) {
  Span span{at, at, false};
  while (at < end_ && buffer_[at] != options_.separator && buffer_[at] != '\n') {
    if (buffer_[at] == '"') return broken(at, "a quote inside a field that does not start with one");
    if (++at - begin_ > options_.record_bytes_max) return too_long();
  }
  if (at == end_ && !source_done_) return Scan::kMore;
  span.end = at;
  bool const line_end = at == end_ || buffer_[at] == '\n';
  if (line_end && span.end > span.begin && buffer_[span.end - 1] == '\r') --span.end;
  spans_.push_back(span);
  return Scan::kComplete;
}

/// Finds the fields of the record that begins at begin_.
CsvReader::Scan CsvReader::scan() {
  spans_.clear();
  record_lines_ = 0;
  for (std::size_t at = begin_;;) {
    if (spans_.size() == options_.fields_max)
      return broken(at, fmt::format("more than {} fields", options_.fields_max));
    if (at == end_ && !source_done_) return Scan::kMore;
    auto const outcome = at < end_ && buffer_[at] == '"' ? scan_quoted(at) : scan_plain(at);
    if (outcome != Scan::kComplete) return outcome;
    if (at - begin_ > options_.record_bytes_max) return too_long();
    if (at < end_ && buffer_[at] == options_.separator) {
      ++at;
      continue;
    }
    record_end_ = spans_.back().end;
    record_open_ = at == end_;
    next_ = std::min(at + 1, end_);
    if (at < end_) ++record_lines_;
    return Scan::kComplete;
  }
}

void CsvReader::take_fields() {
  fields_.clear();
  unescaped_.clear();
  unescaped_.reserve(next_ - begin_);  // the views into it must not move
  for (auto const& [begin, end, escaped] : spans_) {
    std::string_view const raw{buffer_.data() + begin, end - begin};
    if (!escaped) {
      fields_.push_back(raw);
      continue;
    }
    std::size_t const start = unescaped_.size();
    for (std::size_t i = 0; i < raw.size(); ++i) {
      unescaped_ += raw[i];
      if (raw[i] == '"') ++i;
    }
    fields_.emplace_back(unescaped_.data() + start, unescaped_.size() - start);
  }
}

/// Passes over the rest of the physical line at begin_.
Result<void> CsvReader::skip_line() {
  for (;;) {
    auto const* const found = static_cast<char const*>(std::memchr(buffer_.data() + begin_, '\n', end_ - begin_));
    if (found != nullptr) {
      begin_ = static_cast<std::size_t>(found - buffer_.data()) + 1;
      ++next_line_;
      return {};
    }
    begin_ = end_;
    if (source_done_) return {};
    MADANG_CHECK(fill());
  }
}

Result<void> CsvReader::skip_lines(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) MADANG_CHECK(skip_line());
  next_ = begin_;
  return {};
}

Result<CsvReader::Event> CsvReader::next() {
  begin_ = std::max(begin_, next_);
  for (;;) {
    if (begin_ == end_ && source_done_) return Event::kEnd;
    record_line_ = next_line_;
    auto const outcome = scan();
    if (outcome == Scan::kMore) {  // only while the record is shorter than its maximum
      MADANG_CHECK(fill());
      continue;
    }
    if (outcome == Scan::kBroken) {
      MADANG_CHECK(skip_line());
      next_ = begin_;
      return Event::kProblem;
    }
    next_line_ += record_lines_;
    if (spans_.size() == 1 && spans_[0].begin == begin_ && spans_[0].end == begin_) {
      begin_ = next_;  // an empty line
      continue;
    }
    take_fields();
    return Event::kRecord;
  }
}

CsvPosition CsvReader::position_at(std::size_t offset) const {
  std::string_view const before{buffer_.data() + begin_, offset - begin_};
  auto const lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
  auto const line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {record_line_ + lines, characters(before.substr(line_start)) + 1};
}

CsvPosition CsvReader::position(std::size_t field) const {
  return field < spans_.size() ? position_at(spans_[field].begin) : position_at(record_end_);
}

std::string CsvReader::text() const { return shown({buffer_.data() + begin_, next_ - begin_}); }

void append_csv_words(std::string& out, std::string_view field, char separator) {
  bool const formula = !field.empty() && std::string_view{"=+-@\t\r"}.contains(field.front());
  append_csv_field(out, formula ? "'" + std::string{field} : std::string{field}, separator);
}

void append_csv_field(std::string& out, std::string_view field, char separator) {
  bool const quote = field.find_first_of("\"\r\n") != std::string_view::npos ||
                     field.find(separator) != std::string_view::npos;
  if (!quote) {
    out += field;
    return;
  }
  out += '"';
  for (char const c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace madang
