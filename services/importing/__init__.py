"""IMDi's yearly figures: read, placed in regions, compared with what stands, posted as events."""
