module resetd.example/domain

go 1.19
