// How an answer goes through a range: the index of chunks is read as far as the answer comes, and no further.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "storage/observations/range_reader.h"

namespace madang::storage {

/// Rows of the index that are read before what they stand for; fewer where few values are asked for.
inline constexpr std::size_t kRowsAtOnce = 64;

/// The stretches of a view, some at a time, in either direction: no row is read before its turn comes.
class RangeReader::Walk {
 public:
  Walk(ChunkReader& reader, View const& view, bool descending, Patience const& patience)
      : view_(view), descending_(descending), left_(view.hot) {
    if (view.has_chunks || !view.hot.empty()) cursor_.emplace(reader, view.stream, Interval64{view.from, view.to}, descending, patience);
  }

  /// Those of about `count` chunks; empty: that was all. They stand until the next call.
  Result<std::span<Stretch const>> next(std::size_t count) {
    rows_.clear();
    stretches_.clear();
    rows_.reserve(count + 1);  // stretches point to them
    if (ahead_) rows_.push_back(*std::exchange(ahead_, std::nullopt));
    while (cursor_ && rows_.size() <= count) {
      MADANG_TRY(auto const row, cursor_->next());
      if (!row) cursor_.reset();
      else rows_.push_back(*row);
    }
    descending_ ? take_descending() : take_ascending();
    return std::span<Stretch const>(stretches_);
  }

 private:
  std::span<HotValue const> take_before(std::int64_t t) {
    auto const end = std::lower_bound(left_.begin(), left_.end(), t, [](HotValue const& v, std::int64_t time) { return v.time < time; });
    auto const part = left_.first(static_cast<std::size_t>(end - left_.begin()));
    left_ = left_.subspan(part.size());
    return part;
  }
  void take_ascending() {
    // How far memory's part beside the last one reaches is known when the next has been read.
    if (cursor_) {
      ahead_ = rows_.back();
      rows_.pop_back();
    }
    auto const first = rows_.empty() ? (ahead_ ? ahead_->first : view_.to) : rows_.front().first;
    if (auto const before = take_before(first); !before.empty()) stretches_.push_back({nullptr, before});
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      bool const last = i + 1 == rows_.size();
      auto const end = !last ? rows_[i + 1].first : (ahead_ ? ahead_->first : view_.to);
      stretches_.push_back({&rows_[i], take_before(end)});
    }
  }
  void take_descending() {
    for (auto const& row : rows_) {
      auto const before = take_before(row.first);
      stretches_.push_back({&row, left_});
      left_ = before;
    }
    if (!cursor_ && !left_.empty()) stretches_.push_back({nullptr, std::exchange(left_, {})});
  }

  View const& view_;
  bool const descending_;
  std::span<HotValue const> left_;
  std::optional<ChunkReader::Cursor> cursor_;
  std::optional<ChunkRow> ahead_;
  std::vector<ChunkRow> rows_;
  std::vector<Stretch> stretches_;
};

}  // namespace madang::storage
