-- Whether the destination takes each value of a field once only, as its forms
-- say it; without a row it is not known.
-- key: object, name

select 'companies' as object, * from stg_freshsales__account_forms
union all
select 'contacts', * from stg_freshsales__contact_forms
union all
select 'deals', * from stg_freshsales__deal_forms
