-- Everything that is proposed, in the shape in which people see it.
-- key: what, object, source

select 1 as place, 'field' as what,
    * exclude (destination_label, destination_type),
from prop_fields__proposed
