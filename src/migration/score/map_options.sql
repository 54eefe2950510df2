-- The rows of map_options.csv for the options of custom fields: each stands for itself.
select ['object', 'field', 'source_value', 'destination_value'] as cells
union all
(
    select [object, field_api_name, value, value]
    from read_parquet('@truth/picklist_option.parquet')
    where field_api_name like 'cf\_%' escape '\'
        and object in ('company', 'contact', 'lead', 'deal')
    order by all
)
