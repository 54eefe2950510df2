-- Everything that is proposed, in the shape in which people see it.
-- key: what, object, source

select 1 as place, 'field' as what,
    * exclude (destination_label, destination_type),
from prop_fields__proposed
union all by name
select 2 as place, 'option' as what, * from prop_options__proposed
union all by name
select 3 as place, 'stage' as what, * from prop_stages__proposed
union all by name
select 4 as place, 'owner' as what, * from prop_owners__proposed
