insert into duplicates
select @object, @id, _duplicate from @relation where _duplicate is not null
