package io.pgstream.autoconfigure.rows;

import io.pgstream.autoconfigure.rows.RowsApplication.CustomerRevenue;
import java.math.BigDecimal;
import java.util.List;
import org.springframework.data.repository.Repository;

/** Reads a stream table as it would read any other. */
interface CustomerRevenues extends Repository<CustomerRevenue, Long> {

    List<CustomerRevenue> findByRevenueGreaterThanOrderByCustomerId(BigDecimal revenue);
}
