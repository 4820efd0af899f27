#include "sensing/import/sdot_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "sensing/import/limits.h"
#include "sensing/import/local_time.h"
#include "sensing/import/number_text.h"
#include "sensing/import/short_rows.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kHeadMax = 16 * 1024;
constexpr std::string_view kDefaultModel = "SDOT001";
/// Columns that a header may name on the left without the rows having them.
constexpr std::size_t kShiftMax = 4;
/// How long after its time a value may be registered at most, to tell morning from afternoon by it.
constexpr std::chrono::hours kRegistrationWait{11};

bool is_packet(std::string_view text) { return decode_sdot_packet(text).has_value(); }

bool is_printed_serial(std::string_view text) {
  auto const fits = [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '+' && c != '#' && c != '"'; };
  return !text.empty() && text.size() <= kSerialBytesMax && std::ranges::all_of(text, fits);
}

}  // namespace

std::string_view name_of(SdotLayout layout) {
  switch (layout) {
    case SdotLayout::kHourly: return "hourly";
    case SdotLayout::kDaily: return "daily";
    case SdotLayout::kWeekly: return "weekly";
    case SdotLayout::kPackets: return "packets";
  }
  return "hourly";
}

Millis interval_of(SdotLayout layout) {
  switch (layout) {
    case SdotLayout::kHourly:
    case SdotLayout::kWeekly: return std::chrono::hours{1};
    case SdotLayout::kDaily: return std::chrono::hours{24};
    case SdotLayout::kPackets: return std::chrono::minutes{2};
  }
  return std::chrono::hours{1};
}

Result<std::unique_ptr<SdotFile>> SdotFile::open(std::string const& path) {
  std::unique_ptr<SdotFile> file(new SdotFile);
  file->path_ = path;
  MADANG_TRY(file->text_, TextFile::open(path));
  if (auto read = file->read_head(); !read)
    return fail(read.error().code, fmt::format("{}: {}", path, read.error().sentence));
  return file;
}

Result<void> SdotFile::read_head() {
  head_.resize(kHeadMax);
  MADANG_TRY(auto const count, text_->read(head_));
  head_.resize(count);
  auto const first_line = std::string_view{head_}.substr(0, head_.find('\n'));
  bool const tabs = std::ranges::count(first_line, '\t') > std::ranges::count(first_line, ',');
  auto source = [this](std::span<char> out) -> Result<std::size_t> {
    auto const from_head = std::min(out.size(), head_.size() - head_at_);
    std::copy_n(head_.data() + head_at_, from_head, out.data());
    head_at_ += from_head;
    return from_head > 0 ? Result<std::size_t>{from_head} : text_->read(out);
  };
  separator_ = tabs ? '\t' : ',';
  csv_ = std::make_unique<CsvReader>(std::move(source), CsvOptions{.separator = separator_});
  MADANG_TRY(auto const event, csv_->next());
  if (event != CsvReader::Event::kRecord) return fail(Code::kInvalid, "there is no header in the first line");
  if (is_packet(trim(csv_->fields()[0]))) {
    waiting_ = true;
    return expect_packets();
  }
  MADANG_TRY(header_, read_sdot_header(csv_->fields()));
  if (header_.packet) return expect_packets();
  cells_.resize(header_.values.size());
  carried_.assign(header_.values.size(), true);
  layout_ = header_.time ? SdotLayout::kWeekly : SdotLayout::kHourly;
  if (!header_.time) return {};
  // Whether the column of times holds days or clocks is seen in the first row that can be read.
  MADANG_TRY(auto const first, csv_->next());
  waiting_ = first == CsvReader::Event::kRecord;
  if (!waiting_) return {};
  find_shift();
  auto const time = read_sdot_time(field(*header_.time));
  if (time && !time->with_clock) layout_ = SdotLayout::kDaily;
  return {};
}

/// All channels that any known packet carries.
Result<void> SdotFile::expect_packets() {
  layout_ = SdotLayout::kPackets;
  header_.values.clear();
  for (auto const channel : sdot_packet_channels()) header_.values.push_back({0, std::string{channel}, std::string{channel}});
  cells_.resize(header_.values.size());
  carried_.resize(header_.values.size());
  return {};
}

CsvPosition SdotFile::position(std::size_t i) const {
  if (layout_ == SdotLayout::kPackets) return csv_->position(header_.packet.value_or(0));
  return csv_->position(header_.values[i].index - shift_);
}

SdotFile::Event SdotFile::reject_row(std::size_t field, std::string reason) {
  reject_ = {csv_->position(field), std::move(reason), csv_->text()};
  return Event::kReject;
}

Result<SdotFile::Event> SdotFile::next() {
  while (!waiting_) {
    MADANG_TRY(auto const event, csv_->next());
    if (event == CsvReader::Event::kEnd) return Event::kEnd;
    waiting_ = event == CsvReader::Event::kRecord && !is_blank_row(csv_->fields());
    if (event == CsvReader::Event::kProblem) {
      auto const& problem = csv_->problem();
      reject_ = {problem.at, problem.reason, problem.text};
      return Event::kReject;
    }
  }
  waiting_ = false;
  return layout_ == SdotLayout::kPackets ? read_packet() : read_row();
}

std::string_view SdotFile::field(std::size_t column) const {
  auto const fields = csv_->fields();
  return column >= shift_ && column - shift_ < fields.size() ? bare(fields[column - shift_]) : std::string_view{};
}

/// Whether serial and time of the row at hand stand so many fields left of where the header names them.
bool SdotFile::reads_shifted(std::size_t shift) const {
  auto const fields = csv_->fields();
  auto const at = [&](std::size_t column) {
    return column >= shift && column - shift < fields.size() ? bare(fields[column - shift]) : std::string_view{};
  };
  auto const serial = at(*header_.serial);
  return is_printed_serial(serial) && !read_sdot_time(serial) && read_sdot_time(at(*header_.time)).has_value();
}

/// Known from the first row on that can be read at all.
void SdotFile::find_shift() {
  for (std::size_t shift = 0; shift <= kShiftMax && !shift_known_; ++shift) {
    if (!reads_shifted(shift)) continue;
    shift_ = shift;
    shift_known_ = true;
    if (shift > 0) header_.notes.push_back(fmt::format("the header names {} columns on the left that the rows lack", shift));
  }
}

std::optional<int> SdotFile::registered_hour() const {
  if (!header_.registered) return std::nullopt;
  auto const time = read_sdot_time(field(*header_.registered));
  if (!time || !time->with_clock) return std::nullopt;
  auto const of_day = time->local - std::chrono::floor<std::chrono::days>(time->local);
  return static_cast<int>(std::chrono::floor<std::chrono::hours>(of_day).count());
}

/// The half of the day that lies less than half a day before the registration.
Result<LocalMillis> SdotFile::in_half(LocalMillis local) const {
  auto const registered = header_.registered ? read_sdot_time(field(*header_.registered)) : Result<SdotTime>{SdotTime{}};
  if (!registered || !registered->with_clock)
    return fail(Code::kInvalid, "a clock of twelve hours that does not say whether it is morning or afternoon");
  auto const day = std::chrono::floor<std::chrono::days>(local);
  bool const twelve = local - day >= std::chrono::hours{12};
  auto const morning = twelve ? local - std::chrono::hours{12} : local;
  for (auto const candidate : {morning + std::chrono::hours{12}, morning}) {
    auto const wait = registered->local - candidate;
    if (wait >= Millis{0} && wait <= kRegistrationWait) return candidate;
  }
  return fail(Code::kInvalid, "a clock of twelve hours, and the moment of registration does not tell morning from afternoon");
}

Result<Instant> SdotFile::time_of_row() {
  bare_hour_.reset();
  MADANG_TRY(auto time, read_sdot_time(field(header_.time ? *header_.time : *header_.date)));
  if (!header_.time) {
    MADANG_TRY(auto const hour, read_sdot_hour(field(*header_.hour)));
    time.local += hour;
  } else if (layout_ == SdotLayout::kDaily && time.with_clock) {
    return fail(Code::kInvalid, "a time of day in a file of daily values");
  } else if (time.with_clock && !time.with_half) {
    auto const of_day = time.local - std::chrono::floor<std::chrono::days>(time.local);
    bare_hour_ = static_cast<int>(std::chrono::floor<std::chrono::hours>(of_day).count());
    if (twelve_hours_) {
      MADANG_TRY(time.local, in_half(time.local));
    }
  }
  return korea_standard_time().utc_of(time.local);
}

/// Whether the row lacks empty fields at its end, as a spreadsheet leaves them out. Of another one nobody knows which field it lost.
bool SdotFile::is_cut_short() {
  std::size_t kept = *header_.serial;
  for (auto const& column : {header_.time, header_.date, header_.hour}) kept = std::max(kept, column.value_or(0));
  if (csv_->fields().size() + shift_ <= kept) return false;
  if (!last_line_in_blocks_) last_line_in_blocks_ = find_last_line_in_blocks().value_or(0);
  return csv_->line() <= *last_line_in_blocks_;
}

/// Another reading of the file: only one that has short rows is worth it.
Result<std::size_t> SdotFile::find_last_line_in_blocks() const {
  MADANG_TRY(auto const again, TextFile::open(path_));
  CsvReader csv{again->source(), {.separator = separator_}};
  return last_line_in_blocks(csv, header_.fields);
}

/// Empty: the row has the header's fields, or all that can be missed are empty.
std::string SdotFile::shape_problem() {
  auto const fields = csv_->fields();
  auto const wanted = header_.fields - shift_;
  if (fields.size() < wanted && csv_->ends_open()) return fmt::format("the file ends in this row, after {} of {} fields", fields.size(), wanted);
  if (fields.size() < wanted && !is_cut_short()) return fmt::format("{} fields where the header has {}", fields.size(), wanted);
  if (fields.size() < wanted) {
    ++rows_cut_short_;
    return {};
  }
  auto const surplus = fields.subspan(wanted);
  if (std::ranges::any_of(surplus, [](std::string_view text) { return !bare(text).empty(); }))
    return fmt::format("{} fields where the header has {}", fields.size(), wanted);
  if (!surplus.empty()) ++rows_with_surplus_;
  return {};
}

SdotFile::Event SdotFile::read_row() {
  if (header_.time && !shift_known_) find_shift();
  if (auto problem = shape_problem(); !problem.empty()) return reject_row(csv_->fields().size(), std::move(problem));
  serial_ = field(*header_.serial);
  if (!is_printed_serial(serial_))
    return reject_row(*header_.serial - shift_, "not a serial (1 to 64 printable characters without / + #)");
  model_ = header_.model && *header_.model >= shift_ ? field(*header_.model) : kDefaultModel;
  auto const time = time_of_row();
  if (!time) return reject_row((header_.time ? *header_.time : *header_.date) - shift_, time.error().sentence);
  time_ = *time;
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i] = field(header_.values[i].index);
  return Event::kRow;
}

SdotFile::Event SdotFile::read_packet() {
  auto const fields = csv_->fields();
  std::size_t const at = header_.packet.value_or(0);
  if (at >= fields.size()) return reject_row(fields.size(), "no packet in this row");
  auto const packet = decode_sdot_packet(trim(fields[at]));
  if (!packet) return reject_row(at, packet.error().sentence);
  if (!is_printed_serial(packet->serial)) return reject_row(at, "not a serial (1 to 64 printable characters without / + #)");
  if (!packet->time) return reject_row(at, fmt::format("a packet of model {} carries no time", packet->model));
  serial_ = packet->serial;
  model_ = packet->model;
  time_ = *packet->time;
  carried_.assign(carried_.size(), false);
  for (auto const& field : packet->fields) {
    auto const column = std::ranges::find(header_.values, field.channel, &SdotColumn::channel);
    if (field.channel.empty() || column == header_.values.end()) continue;
    auto const i = static_cast<std::size_t>(column - header_.values.begin());
    cells_[i] = field.text;
    carried_[i] = true;
  }
  return Event::kRow;
}

}  // namespace madang::sensing
